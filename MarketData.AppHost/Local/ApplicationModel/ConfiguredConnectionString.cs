namespace Aspire.Hosting.ApplicationModel;

/// <summary>A connection string that stands in the configuration.</summary>
internal sealed class ConfiguredConnectionString(string name, string value) : Resource(name), IResourceWithConnectionString
{
    /// <inheritdoc/>
    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(value);
}
