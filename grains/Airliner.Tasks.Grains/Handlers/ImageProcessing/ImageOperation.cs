using Airliner.Tasks.Grains.Handlers.Rows;
using NetVips;

namespace Airliner.Tasks.Grains.Handlers.ImageProcessing;

/// <summary>One step of the work on an image. An image of libvips is a plan: nothing is computed before it is saved.</summary>
internal abstract class ImageOperation(string member)
{
    /// <summary>The longest side of an image: what webp takes.</summary>
    public const int MaxSide = 16_383;

    /// <summary>The path of the parameter, for messages.</summary>
    public string Member => member;

    /// <summary>Whether rows are needed in another order than the file has them.</summary>
    public virtual bool NeedsWholeImage => false;

    public abstract Image Apply(Image image);

    public static ImageOperation Parse(JsonMember operation)
    {
        var (resize, crop, rotate, flip) = (operation.Member("resize"), operation.Member("crop"), operation.Member("rotate"), operation.Member("flip"));
        JsonMember[] named = [.. new[] { resize, crop, rotate, flip }.Where(member => member.Exists)];
        if (named.Length != 1)
            throw operation.Wrong("must have exactly one of resize, crop, rotate, flip");
        return resize.Exists ? new Resize(resize)
            : crop.Exists ? new Crop(crop)
            : rotate.Exists ? new Rotate(rotate)
            : new Flip(flip);
    }

    private static int Number(JsonMember member, int least, int most)
    {
        var number = member.WholeNumber();
        return number >= least && number <= most ? (int)number : throw member.Wrong($"must be from {least} to {most}");
    }

    /// <summary>Into a box of width and height, either of which may be left out: <c>contain</c> keeps all of the image, <c>cover</c> cuts what sticks out, <c>fill</c> stretches it.</summary>
    private sealed class Resize : ImageOperation
    {
        private static readonly Dictionary<string, (Enums.Size Size, Enums.Interesting Crop)> _fits = new(StringComparer.Ordinal)
        {
            ["contain"] = (Enums.Size.Both, Enums.Interesting.None),
            ["cover"] = (Enums.Size.Both, Enums.Interesting.Centre),
            ["fill"] = (Enums.Size.Force, Enums.Interesting.None),
        };

        private readonly int? _width;
        private readonly int? _height;
        private readonly (Enums.Size Size, Enums.Interesting Crop) _fit;

        public Resize(JsonMember member)
            : base(member.Path)
        {
            var (width, height, fit) = (member.Member("width"), member.Member("height"), member.Member("fit"));
            _width = width.Exists ? Number(width, 1, MaxSide) : null;
            _height = height.Exists ? Number(height, 1, MaxSide) : null;
            _fit = fit.Exists ? fit.OneOf(_fits) : _fits["contain"];
            if (_width is null && _height is null)
                throw member.Wrong("must have width, height or both");
            if (fit.Exists && fit.Text() != "contain" && (_width is null || _height is null))
                throw fit.Wrong("needs width and height");
        }

        // A side that is left out is one that never limits. Thumbnails of libvips mind transparency, which a plain resize would fringe.
        public override Image Apply(Image image) =>
            image.ThumbnailImage(_width ?? 10_000_000, _height ?? 10_000_000, _fit.Size, noRotate: true, crop: _fit.Crop);
    }

    private sealed class Crop(JsonMember member) : ImageOperation(member.Path)
    {
        private readonly int _left = Number(member.Member("left"), 0, int.MaxValue);
        private readonly int _top = Number(member.Member("top"), 0, int.MaxValue);
        private readonly int _width = Number(member.Member("width"), 1, int.MaxValue);
        private readonly int _height = Number(member.Member("height"), 1, int.MaxValue);

        public override Image Apply(Image image) => (long)_left + _width <= image.Width && (long)_top + _height <= image.Height
            ? image.Crop(_left, _top, _width, _height)
            : throw new TaskInputException($"{Member}: reaches to {(long)_left + _width} x {(long)_top + _height}, and the image is {image.Width} x {image.Height} by then");
    }

    private sealed class Rotate : ImageOperation
    {
        private readonly Enums.Angle _angle;

        public Rotate(JsonMember member)
            : base(member.Path)
        {
            var degrees = member.Member("degrees");
            _angle = degrees.WholeNumber() switch
            {
                90 or -270 => Enums.Angle.D90,
                180 or -180 => Enums.Angle.D180,
                270 or -90 => Enums.Angle.D270,
                _ => throw degrees.Wrong("must be 90, 180 or 270 (clockwise), or the same with a minus"),
            };
        }

        public override bool NeedsWholeImage => true;

        public override Image Apply(Image image) => image.Rot(_angle);
    }

    private sealed class Flip(JsonMember member) : ImageOperation(member.Path)
    {
        private static readonly Dictionary<string, Enums.Direction> _directions = new(StringComparer.Ordinal)
        {
            ["horizontal"] = Enums.Direction.Horizontal,
            ["vertical"] = Enums.Direction.Vertical,
        };

        private readonly Enums.Direction _direction = member.OneOf(_directions);

        public override bool NeedsWholeImage => true;

        public override Image Apply(Image image) => image.Flip(_direction);
    }
}
