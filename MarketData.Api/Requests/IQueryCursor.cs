namespace MarketData.Api.Requests;

/// <summary>Where a page begins, in the order of the query that it belongs to: with another one it would leave out or repeat rows.</summary>
internal interface IQueryCursor
{
    /// <summary>What its query is known by: <see cref="CursorQuery.Of"/>.</summary>
    string Query { get; }
}
