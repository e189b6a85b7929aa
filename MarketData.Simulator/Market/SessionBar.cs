namespace MarketData.Simulator.Market;

/// <summary>A session's daily bar as it stands now.</summary>
/// <param name="Day">The session.</param>
/// <param name="Bar">Its bar, stamped with the session's open; of what has traded so far while the session runs.</param>
/// <param name="IsClosed">Whether the session is over.</param>
internal readonly record struct SessionBar(TradingDay Day, Bar Bar, bool IsClosed);
