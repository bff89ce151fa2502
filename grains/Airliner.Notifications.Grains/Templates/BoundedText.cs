using System.Globalization;
using Fluid;

namespace Airliner.Notifications.Grains.Templates;

/// <summary>
/// What a template has written so far, and no more than a mail can hold. Of .NET's writers it is the one whose asynchronous methods are done when they return: others
/// go to another thread, for which a grain's turn would wait for ever. It writes spans by the overload for arrays.
/// </summary>
internal sealed class BoundedText() : StringWriter(CultureInfo.InvariantCulture)
{
    /// <summary>Characters of the longest part.</summary>
    public const int MaxLength = 256 * 1024;

    public override void Write(char value)
    {
        Admit(1);
        base.Write(value);
    }

    public override void Write(string? value)
    {
        Admit(value?.Length ?? 0);
        base.Write(value);
    }

    public override void Write(char[] buffer, int index, int count)
    {
        Admit(count);
        base.Write(buffer, index, count);
    }

    private void Admit(int length)
    {
        if (length > MaxLength - GetStringBuilder().Length)
            throw new FluidException($"What it renders is longer than {MaxLength} characters.");
    }
}
