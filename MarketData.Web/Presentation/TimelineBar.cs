namespace MarketData.Web.Presentation;

/// <summary>A bar of a symbol's row in a run's timeline.</summary>
/// <param name="Kind">What it stands for: <c>wait</c>, <c>attempt</c>, the name of a step, or <c>call</c>.</param>
/// <param name="Tone">The CSS tone of its outcome: good, warn, bad, busy or quiet.</param>
/// <param name="At">Where it begins, seconds after the run was put on record.</param>
/// <param name="Seconds">How long it is; null while it goes on.</param>
/// <param name="Title">What it tells on hover.</param>
public sealed record TimelineBar(string Kind, string Tone, double At, double? Seconds, string Title);
