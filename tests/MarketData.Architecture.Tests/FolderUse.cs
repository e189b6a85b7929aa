namespace MarketData.Architecture.Tests;

/// <summary>That one folder uses another, and by which types.</summary>
internal sealed record FolderUse(string User, string Used, string How);
