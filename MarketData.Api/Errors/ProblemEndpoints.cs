namespace MarketData.Api.Errors;

/// <summary>Says what errors an endpoint may answer with, beside those that any may.</summary>
public static class ProblemEndpoints
{
    /// <summary>Notes the codes for the API's description.</summary>
    public static TBuilder MayFailWith<TBuilder>(this TBuilder endpoint, params ProblemCode[] codes)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new PossibleProblems(codes));
        return endpoint;
    }
}
