using System.Globalization;
using MarketData.Web.Api;

namespace MarketData.Web.Presentation;

/// <summary>What came of a request to a provider, as a person says it.</summary>
public static class RequestOutcome
{
    /// <summary>The status that its badge looks like.</summary>
    public static string StatusOf(LoggedRequest request) => request.Failure switch
    {
        null => "healthy",
        "unknown_symbol" or "plan_limit" or "cancelled" => "inactive",
        "rate_limited" => "warning",
        _ => "failed",
    };

    /// <summary>The words of its badge: <c>200</c>, <c>503 failed</c>, <c>timed out</c>.</summary>
    public static string Of(LoggedRequest request)
    {
        var status = request.Status?.ToString(CultureInfo.InvariantCulture);
        return request.Failure is { } failure ? $"{status} {Words(failure)}".TrimStart() : status ?? "answered";
    }

    private static string Words(string failure) => failure switch
    {
        "transient" => "failed",
        "bad_answer" or "unreadable_symbol" => "unreadable",
        "timeout" => "timed out",
        "cancelled" => "given up by us",
        "rate_limited" => "too many requests",
        "unknown_symbol" => "symbol unknown",
        "bad_key" => "key refused",
        "plan_limit" => "not in the plan",
        "restricted_location" => "not served here",
        "client_refused" => "turned away",
        "consent_wanted" => "wants consent",
        "intercepted" => "answered by another",
        "identity_mismatch" => "another instrument",
        _ => failure.Replace('_', ' '),
    };
}
