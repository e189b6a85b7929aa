namespace MarketData.Storage.Enrichment;

/// <summary>What a bucket gave.</summary>
/// <param name="Permits">Permits taken, 0 or more.</param>
/// <param name="Left">Permits left, possibly a part of one.</param>
/// <param name="BlockedFor">How long the provider still wants to be left alone; zero when it does not.</param>
public readonly record struct PermitsTaken(int Permits, double Left, TimeSpan BlockedFor);
