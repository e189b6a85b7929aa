using Npgsql;

namespace MarketData.Storage;

/// <summary>A role for Grafana and for people, which reads the views and tables that are an interface, and nothing else.</summary>
public sealed class ReadOnlyRole(NpgsqlDataSource database)
{
    /// <summary>Makes the role if it is not there, and grants it what it may read.</summary>
    /// <param name="name">The role's name.</param>
    /// <param name="password">What it logs in with; null: it cannot, and is granted to other roles.</param>
    /// <param name="cancellation">Cancels the statement.</param>
    /// <exception cref="InvalidOperationException">The server refuses; the message says why, and what to do.</exception>
    public async Task GrantAsync(string name, string? password, CancellationToken cancellation)
    {
        try
        {
            await database.ExecuteAsync("grant reading", "SELECT grant_reading(@name, @password)", new { name, password }, cancellation);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.RaiseException)
        {
            throw new InvalidOperationException(
                $"Storage:ReadOnlyRole: the role {name} cannot be set up: {e.MessageText}. Name another, or have an administrator call grant_reading('{name}', NULL).",
                e);
        }
    }
}
