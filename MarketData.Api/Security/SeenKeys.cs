using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MarketData.Api.Security;

/// <summary>
/// The keys that were valid when they came last, as hashes. No more than there are keys: wrong ones are not among them. It lets nobody in: each
/// request's key is looked up all the same.
/// </summary>
public sealed class SeenKeys
{
    private readonly ConcurrentDictionary<string, byte> _hashes = new(StringComparer.Ordinal);

    /// <summary>Whether a key was valid when it came last.</summary>
    public bool Contains(string secret) => _hashes.ContainsKey(Hash(secret));

    /// <summary>Notes whether a key is valid.</summary>
    public void Note(string secret, bool isValid)
    {
        if (isValid)
            _hashes.TryAdd(Hash(secret), 0);
        else
            _hashes.TryRemove(Hash(secret), out _);
    }

    private static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
