namespace Microsoft.Extensions.Hosting;

/// <summary>A kind of error, as clients tell it from others: RFC 9457's problem type.</summary>
/// <param name="Code">Its name in snake_case. Names are never changed; others may be added.</param>
/// <param name="Status">The HTTP status that it comes with.</param>
/// <param name="Meaning">What it means, in whole sentences.</param>
/// <param name="Remedy">What a caller can do about it, in whole sentences.</param>
public sealed record ProblemCode(string Code, int Status, string Meaning, string Remedy)
{
    /// <summary>Where every service describes its codes, below which each has an address of its own.</summary>
    public const string Address = "/problems";

    /// <summary>The address that describes it, relative to any of the services: the problem's <c>type</c>.</summary>
    public string Type => $"{Address}/{Code}";

    /// <summary>Its name in words: the problem's <c>title</c>.</summary>
    public string Title => char.ToUpperInvariant(Code[0]) + Code[1..].Replace('_', ' ');
}
