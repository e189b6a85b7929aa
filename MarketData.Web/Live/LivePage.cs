using MarketData.Web.Api;
using Microsoft.AspNetCore.Components;

namespace MarketData.Web.Live;

/// <summary>
/// A page (or part of one) that shows what the Api says and follows its changes: it loads once, again when an event concerns it
/// (at most four times a second), and again when the event stream comes back.
/// </summary>
public abstract partial class LivePage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private RefreshGate? _gate;
    private ITimer? _poll;

    /// <summary>The last load's failure; null when it went through.</summary>
    protected ApiException? Failure { get; private set; }

    /// <summary>Cancelled when the reader leaves the page.</summary>
    protected CancellationToken Closed => _closed.Token;

    /// <summary>Whether there is anything to show.</summary>
    protected abstract bool HasData { get; }

    /// <summary>The shortest time between two loads, however many events come.</summary>
    protected virtual TimeSpan Shortest => TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Loads again this often though nothing was reported; null for never. For what changes without events, such as tokens.
    /// </summary>
    protected virtual TimeSpan? Poll => null;

    [Inject]
    private LiveFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<LivePage> Log { get; set; } = default!;

    /// <inheritdoc />
    public void Dispose()
    {
        Feed.Changed -= OnChanged;
        Feed.ConnectionChanged -= OnConnectionChanged;
        _poll?.Dispose();
        _gate?.Dispose();
        _closed.Cancel();
        GC.SuppressFinalize(this);
    }

    /// <summary>Loads what the page shows.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Whether a change makes what is shown out of date.</summary>
    protected abstract bool Concerns(ApiEvent change);

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        if (!HasData)
            await TryLoadAsync(_closed.Token);
    }

    /// <inheritdoc />
    protected override void OnAfterRender(bool firstRender)
    {
        if (!firstRender)
            return;
        _gate = new RefreshGate(token => InvokeAsync(() => ReloadAsync(token)), LogReloadFailed, Time, Shortest);
        Feed.Changed += OnChanged;
        Feed.ConnectionChanged += OnConnectionChanged;
        if (Poll is { } every)
            _poll = Time.CreateTimer(_ => PollNow(), null, every, every);

        // Events between the prerendering and this moment were missed.
        PollNow();
    }

    /// <summary>Called before a load that no event asked for.</summary>
    protected virtual void OnPolling()
    {
    }

    /// <summary>Asks for a load, soon.</summary>
    protected void Refresh() => _ = _gate?.RequestAsync();

    /// <summary>Loads now, and shows the outcome.</summary>
    protected async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await TryLoadAsync(cancellationToken);
        StateHasChanged();
    }

    private async Task TryLoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LoadAsync(cancellationToken);
            Failure = null;
        }
        catch (ApiException failure)
        {
            Failure = failure;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || _closed.IsCancellationRequested)
        {
            // The reader left.
        }
        catch (Exception failure)
        {
            // A mistake of ours, which the reader must see: what is shown is out of date, and may stay so.
            LogLoadFailed(failure);
            Failure = new ApiException(null, "This page can't show what the API says.", failure.Message, inner: failure);
        }
    }

    private void PollNow()
    {
        OnPolling();
        Refresh();
    }

    private void OnChanged(ApiEvent change)
    {
        if (Concerns(change))
            Refresh();
    }

    private void OnConnectionChanged()
    {
        if (Feed.IsConnected)
            PollNow();
    }

    private void LogLoadFailed(Exception exception) => LogLoadFailed(Log, GetType().Name, exception);

    private void LogReloadFailed(Exception exception) => LogReloadFailed(Log, GetType().Name, exception);

    [LoggerMessage(LogLevel.Error, "{Page} cannot show what the API says")]
    private static partial void LogLoadFailed(ILogger logger, string page, Exception exception);

    [LoggerMessage(LogLevel.Error, "{Page} could not be brought up to date; the next change tries again")]
    private static partial void LogReloadFailed(ILogger logger, string page, Exception exception);
}
