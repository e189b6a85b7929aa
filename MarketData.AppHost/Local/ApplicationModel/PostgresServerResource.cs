namespace Aspire.Hosting.ApplicationModel;

/// <summary>A PostgreSQL server with a data directory of its own.</summary>
public class PostgresServerResource : ContainerResource
{
    private readonly TaskCompletionSource<Func<string, string>> _connect = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Names the resource.</summary>
    public PostgresServerResource(string name) : base(name)
    {
    }

    /// <summary>Makes known how to connect to a database of the server.</summary>
    internal void Connect(Func<string, string> connectionString) => _connect.TrySetResult(connectionString);

    /// <summary>The connection string of a database, once the server runs.</summary>
    internal async Task<string> ConnectionStringAsync(string database, CancellationToken cancellation) =>
        (await _connect.Task.WaitAsync(cancellation))(database);
}
