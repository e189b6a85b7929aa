namespace MarketData.Storage.Schema;

/// <summary>Says when the database has the schema that this build needs, to all in a service who read or write it.</summary>
public sealed class SchemaReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether it has.</summary>
    public bool IsReady => _ready.Task.IsCompleted;

    /// <summary>Notes that it has.</summary>
    public void SetReady() => _ready.TrySetResult();

    /// <summary>Waits until it has.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);
}
