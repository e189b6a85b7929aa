using Microsoft.AspNetCore.Authorization;

namespace MarketData.Api.Security;

/// <summary>The caller must be allowed what the endpoint's <see cref="RequiredScope"/> names.</summary>
public sealed class ScopeRequirement : IAuthorizationRequirement;
