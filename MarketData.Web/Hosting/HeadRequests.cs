namespace MarketData.Web.Hosting;

/// <summary>Pages answer HEAD as they answer GET, without the content: monitors and link checkers ask so.</summary>
public static class HeadRequests
{
    /// <summary>Adds HEAD to what takes GET.</summary>
    public static T AnswerHead<T>(this T pages)
        where T : IEndpointConventionBuilder
    {
        pages.Add(static endpoint =>
        {
            if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: var methods }
                && methods.Contains(HttpMethods.Get) && !methods.Contains(HttpMethods.Head))
                endpoint.Metadata.Add(new HttpMethodMetadata([.. methods, HttpMethods.Head]));
        });
        return pages;
    }
}
