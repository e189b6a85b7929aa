using System.Net;

namespace MarketData.Web.Api;

/// <summary>As whom the Api is read.</summary>
/// <param name="Key">The API key.</param>
/// <param name="Address">The browser's address.</param>
public sealed record Reader(string Key, IPAddress? Address);
