using MarketData.Api.Enrichment;
using Microsoft.Extensions.Options;

namespace MarketData.Api;

/// <summary>Reads the settings of this service and checks them at start.</summary>
public static class ApiSettings
{
    /// <summary>Adds <see cref="ApiOptions"/> and <see cref="QualityOptions"/>; a setting out of range stops the start with a sentence that names it.</summary>
    public static WebApplicationBuilder AddSettings(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ApiOptions>().BindConfiguration(ApiOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<ApiOptions>, ApiOptionsValidation>();
        builder.Services.AddOptions<QualityOptions>().BindConfiguration(QualityOptions.Section)
            .Validate(options => options.MinimumScore is >= 0 and <= 1, "Quality:MinimumScore must lie between 0 and 1.")
            .ValidateOnStart();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(new ServiceInstance(TimeProvider.System));
        return builder;
    }
}
