using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace MarketData.Web.KeyRing;

/// <summary>
/// Reads the keys of sign-ins at the start, and again until the database answers, so that no request waits for it; then says every hour what is
/// wrong with them.
/// </summary>
public sealed partial class KeyRingLoader(IKeyManager keys, IDataProtectionProvider protection, TimeProvider time, ILogger<KeyRingLoader> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    private readonly HashSet<Guid> _unreadable = [];
    private volatile bool _isLoaded;
    private volatile string? _problem = "not read yet";

    /// <summary>Whether there is a key that protects what is sent to browsers, and reads what they send.</summary>
    public bool IsLoaded => _isLoaded;

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult((_isLoaded, _problem) switch
        {
            (false, var problem) => HealthCheckResult.Unhealthy($"The keys of sign-ins can't be read from the database: {problem}"),
            (true, { } problem) => HealthCheckResult.Degraded(problem),
            _ => HealthCheckResult.Healthy(),
        });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The key ring reads the database without async.
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            Load();
            await Task.Delay(_isLoaded ? Period : RetryDelay, time, stoppingToken);
        }
    }

    private void Load()
    {
        try
        {
            var found = keys.GetAllKeys();
            // Makes the first key where there is none.
            protection.CreateProtector(nameof(KeyRingLoader)).Protect([0]);
            _isLoaded = true;
            _problem = Unreadable(found);
        }
        catch (Exception e) when (e is NpgsqlException or CryptographicException)
        {
            var cause = Cause(e);
            if (cause != _problem)
                LogNotRead(cause);
            _problem = cause;
        }
    }

    private static string Cause(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.UndefinedTable } => "the table data_protection_keys is missing; migrate the database.",
        CryptographicException { InnerException: { } inner } => Cause(inner),
        _ => e.Message,
    };

    private string? Unreadable(IReadOnlyCollection<IKey> found)
    {
        var now = time.GetUtcNow();
        string? problem = null;
        foreach (var key in found.Where(key => !key.IsRevoked && key.ExpirationDate > now))
        {
            if (Failure(key) is not { } failure)
                continue;
            problem = $"The key {key.KeyId} can't be decrypted ({failure}): name the certificate that it was encrypted with in "
                + $"{KeyRingOptions.Section}:{nameof(KeyRingOptions.OldCertificates)}; whoever signed in under it has to sign in again.";
            if (_unreadable.Add(key.KeyId))
                LogUnreadable(problem);
        }

        return problem;
    }

    private static string? Failure(IKey key)
    {
        try
        {
            return key.CreateEncryptor() is null ? "of an unknown kind" : null;
        }
        catch (Exception e) when (e is CryptographicException or InvalidOperationException)
        {
            return e.Message.TrimEnd('.');
        }
    }

    [LoggerMessage(LogLevel.Warning, "The keys of sign-ins can't be read from the database, and nobody can sign in until they are: {Cause}")]
    private partial void LogNotRead(string cause);

    [LoggerMessage(LogLevel.Error, "{Problem}")]
    private partial void LogUnreadable(string problem);
}
