using System.Diagnostics;
using NSec.Cryptography;

namespace Airliner.Benchmark.Scenarios;

/// <summary>How long the password hash takes by itself on this machine, with the parameters that the system has.</summary>
internal static class PasswordHashing
{
    private const int Hashes = 40;

    /// <summary>The median, in milliseconds of one core.</summary>
    public static double Milliseconds()
    {
        var algorithm = PasswordBasedKeyDerivationAlgorithm.Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 19 * 1024, NumberOfPasses = 2 });
        var salt = new byte[16];
        var times = new double[Hashes];
        for (var i = 0; i < times.Length; i++)
        {
            var started = Stopwatch.GetTimestamp();
            algorithm.DeriveBytes("a password of some length", salt, 32);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        return times.Order().ElementAt(Hashes / 2);
    }
}
