using System.Net;

namespace MarketData.Web.Api;

/// <summary>Where the browser is that a request, or the page of a circuit, serves: what is done there is done from its address.</summary>
public sealed class Caller
{
    /// <summary>The request header that tells the Api of it, which believes it from this service alone.</summary>
    public const string Header = "X-Forwarded-For";

    /// <summary>The browser's address; null where there is none, as for what this service does by itself.</summary>
    public IPAddress? Address { get; set; }
}
