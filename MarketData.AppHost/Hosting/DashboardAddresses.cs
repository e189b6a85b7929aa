using System.Globalization;

namespace MarketData.AppHost.Hosting;

/// <summary>Where the Aspire dashboard listens: where the launch profile says, while nobody else does.</summary>
internal static class DashboardAddresses
{
    private static readonly string[] Variables = ["ASPNETCORE_URLS", "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"];

    /// <summary>Replaces each port in the environment that is taken by a free one, so that two copies run side by side.</summary>
    public static void MakeFree()
    {
        foreach (var variable in Variables)
        {
            if (Uri.TryCreate(Environment.GetEnvironmentVariable(variable), UriKind.Absolute, out var url) && !Ports.IsFree(url.Port))
                Environment.SetEnvironmentVariable(
                    variable, string.Create(CultureInfo.InvariantCulture, $"{url.Scheme}://{url.Host}:{Ports.Free()}"));
        }
    }
}
