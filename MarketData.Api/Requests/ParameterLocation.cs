namespace MarketData.Api.Requests;

/// <summary>Where a parameter stands in a request.</summary>
public enum ParameterLocation
{
    /// <summary>In the path.</summary>
    Route,

    /// <summary>In the query string.</summary>
    Query,

    /// <summary>In a header.</summary>
    Header,
}
