namespace MarketData.Api.Database;

/// <summary>Put on a request that was broken off because the database had stopped answering.</summary>
public sealed class DatabaseLost;
