namespace Aspire.Hosting.ApplicationModel;

/// <summary>Something whose value is known once the system is starting.</summary>
public interface IValueProvider
{
    /// <summary>The value; null when there will be none.</summary>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);
}
