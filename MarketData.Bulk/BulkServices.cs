using MarketData.Bulk.Targets;
using MarketData.Storage.Bulk;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace MarketData.Bulk;

/// <summary>Registration of bulk files.</summary>
public static class BulkServices
{
    /// <summary>
    /// Adds what reads and writes them, as the section <c>Bulk</c> says, which is validated at start. Needs an <c>NpgsqlDataSource</c>. The
    /// <see cref="IBulkTarget"/> is there to be had only where <see cref="BulkOptions.IsOn"/>.
    /// </summary>
    public static IServiceCollection AddBulkFiles(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddSettings<BulkOptions>(configuration.GetSection(BulkOptions.Section));
        services.AddSingleton<BulkStore>();
        services.AddSingleton<BulkWriter>();
        return services.AddSingleton<IBulkTarget>(provider => Target(provider.GetRequiredService<IOptions<BulkOptions>>().Value));
    }

    /// <summary>The target that the settings name.</summary>
    public static IBulkTarget Target(BulkOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.IsOn)
            throw new InvalidOperationException("Bulk:Target is not set.");
        return options.IsS3 ? new S3Target(options) : new FolderTarget(options.Target!);
    }
}
