namespace MarketData.Enrichment;

/// <summary>Says when the database has this build's schema, to those who write to it apart from the node's work.</summary>
public sealed class SchemaReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Notes that it has.</summary>
    public void SetReady() => _ready.TrySetResult();

    /// <summary>Waits until it has.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);
}
