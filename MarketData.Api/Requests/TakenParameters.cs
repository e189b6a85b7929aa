namespace MarketData.Api.Requests;

/// <summary>The parameters that an endpoint takes; metadata of the endpoint.</summary>
/// <param name="Items">Each of them.</param>
public sealed record TakenParameters(IReadOnlyList<RequestParameter> Items)
{
    /// <summary>For endpoints that take none.</summary>
    public static TakenParameters None { get; } = new([]);
}
