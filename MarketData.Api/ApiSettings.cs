using MarketData.Storage;
using MarketData.Storage.Notifications;
using MarketData.Storage.Schema;

namespace MarketData.Api;

/// <summary>Reads the settings of this service and checks them at start.</summary>
public static class ApiSettings
{
    /// <summary>
    /// Adds <see cref="ApiOptions"/>, <see cref="QualityOptions"/>, and how the schema and the storage are set; a setting out of range stops the
    /// start with a sentence that names it.
    /// </summary>
    public static WebApplicationBuilder AddSettings(this WebApplicationBuilder builder)
    {
        builder.Services.AddSettings<ApiOptions>(builder.Configuration.GetSection(ApiOptions.Section));
        builder.Services.AddSettings<QualityOptions>(builder.Configuration.GetSection(QualityOptions.Section));
        builder.Services.AddSettings<SchemaOptions>(builder.Configuration.GetSection(SchemaOptions.Section));
        builder.Services.AddSettings<StorageOptions>(builder.Configuration.GetSection(StorageOptions.Section));
        builder.Services.AddSettings<ReceiverKeyOptions>(builder.Configuration.GetSection(ReceiverKeyOptions.Section));
        builder.Services.AddDatabaseClock();
        builder.Services.AddSingleton(new ServiceInstance(TimeProvider.System));
        return builder;
    }
}
