namespace MarketData.Web.Runbooks;

/// <summary>What a kind of trouble means, how to check it and what to do: a page of <c>docs/runbooks</c>.</summary>
/// <param name="Name">The name of its file without the ending.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Html">The rest of it.</param>
public sealed record Runbook(string Name, string Title, string Html);
