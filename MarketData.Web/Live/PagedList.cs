using Microsoft.AspNetCore.Components;

namespace MarketData.Web.Live;

/// <summary>
/// A list that is searched and turned page by page. What is looked for stands in the page's address, the place in the list does not.
/// </summary>
/// <typeparam name="TSearch">What is looked for.</typeparam>
/// <typeparam name="TItem">What the list holds.</typeparam>
public abstract class PagedList<TSearch, TItem> : LivePage where TSearch : notnull
{
    private readonly Stack<string?> _cursors = new();
    private string? _cursor;

    /// <summary>A page, what was looked for, and when: what is looked for of the last day goes by that on all pages.</summary>
    public sealed record Found(TSearch Search, string? Cursor, Page<TItem> Page, DateTimeOffset At);

    /// <summary>What is shown, kept from prerendering.</summary>
    [PersistentState]
    public Found? State { get; set; }

    /// <summary>What to look for now.</summary>
    protected abstract TSearch Wanted { get; }

    /// <summary>The page's number, from 1.</summary>
    protected int Number => _cursors.Count + 1;

    /// <inheritdoc />
    protected override bool HasData => State is not null && State.Search.Equals(Wanted) && State.Cursor == _cursor;

    [Inject]
    private TimeProvider Now { get; set; } = default!;

    /// <summary>Reads a page from the Api.</summary>
    /// <param name="search">What is looked for.</param>
    /// <param name="cursor">The page; null for the first.</param>
    /// <param name="at">When the first page was asked for: a page belongs to one question, and what changes with time must stay.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected abstract Task<Page<TItem>> ReadAsync(TSearch search, string? cursor, DateTimeOffset at, CancellationToken cancellationToken);

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (State is null || State.Search.Equals(Wanted))
            return;
        _cursors.Clear();
        _cursor = null;
        await ReloadAsync(Closed);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var (search, cursor) = (Wanted, _cursor);
        var at = cursor is not null && State is { } first ? first.At : Now.GetUtcNow();
        var page = await ReadAsync(search, cursor, at, cancellationToken);
        // The reader may have asked for something else meanwhile.
        if (search.Equals(Wanted) && cursor == _cursor)
            State = new Found(search, cursor, page, at);
    }

    /// <summary>Turns to the page of older items.</summary>
    protected async Task OlderAsync()
    {
        _cursors.Push(_cursor);
        _cursor = State?.Page.NextCursor;
        await ReloadAsync(Closed);
    }

    /// <summary>Turns back to the page of newer items.</summary>
    protected async Task NewerAsync()
    {
        _cursor = _cursors.Pop();
        await ReloadAsync(Closed);
    }
}
