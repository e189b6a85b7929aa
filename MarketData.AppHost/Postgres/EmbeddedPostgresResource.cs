namespace MarketData.AppHost.Postgres;

/// <summary>
/// A PostgreSQL server that runs from the programs of this machine, or of an npm package, on a data directory of its own. Its connection
/// string names one database, which is made when it is missing.
/// </summary>
/// <param name="name">The name of the resource.</param>
/// <param name="databaseName">The database, and the name under which others get the connection string.</param>
/// <param name="options">Where and how it runs.</param>
internal sealed class EmbeddedPostgresResource(string name, string databaseName, EmbeddedPostgresOptions options)
    : ExecutableResource(name, "postgres", Path.GetPathRoot(options.DataDirectory)!), IResourceWithConnectionString
{
    internal const string EndpointName = "tcp";

    /// <summary>Where and how it runs.</summary>
    public EmbeddedPostgresOptions Options => options;

    /// <summary>The database.</summary>
    public string DatabaseName => databaseName;

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"{Server};Database={databaseName}");

    string? IResourceWithConnectionString.ConnectionStringEnvironmentVariable => $"ConnectionStrings__{databaseName}";

    /// <summary>The connection string of the server's own database, which is always there.</summary>
    internal ReferenceExpression Server => ReferenceExpression.Create(
        $"Host=127.0.0.1;Port={Endpoint.Property(EndpointProperty.Port)};Username={PostgresCluster.UserName};Password={Password}");

    internal EndpointReference Endpoint => new(this, EndpointName);

    // Made with the data directory and kept beside it; a parameter, so that the dashboard masks it.
    private ParameterResource Password { get; } = new(
        $"{name}-password", _ => PostgresCluster.Password(options.DataDirectory), secret: true);
}
