using Microsoft.AspNetCore.Http.HttpResults;

namespace MarketData.Api.Requests;

/// <summary>A body of whatever type, as far as the check before a handler cares.</summary>
public interface IRequestBody
{
    /// <summary>The answer to a body that could not be read; null when it could.</summary>
    ProblemHttpResult? Problem { get; }
}
