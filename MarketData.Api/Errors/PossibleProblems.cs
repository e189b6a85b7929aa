namespace MarketData.Api.Errors;

/// <summary>Errors that an endpoint may answer with, beside those that any may; metadata of the endpoint.</summary>
/// <param name="Codes">Their codes.</param>
internal sealed record PossibleProblems(IReadOnlyList<ProblemCode> Codes);
