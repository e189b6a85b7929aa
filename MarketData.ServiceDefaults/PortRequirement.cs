using Microsoft.AspNetCore.Http;

namespace Microsoft.Extensions.Hosting;

/// <summary>Which requests an endpoint is for; metadata of the endpoint.</summary>
internal sealed record PortRequirement(Func<ManagementPort, HttpContext, bool> Allows);
