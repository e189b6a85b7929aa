using MarketData.AppHost.Hosting;
using Microsoft.Extensions.Configuration;

namespace MarketData.AppHost.Postgres;

/// <summary>Which PostgreSQL the system runs on. It is decided here, by what is there, and said in the log in one sentence.</summary>
internal static class DatabaseChoice
{
    private const string Name = "marketdata";
    private const string Image = "timescale/timescaledb";
    private const string Tag = "2.22.1-pg17";

    /// <summary>
    /// Adds the database: an existing server (<c>ConnectionStrings:marketdata</c>); else TimescaleDB in a container, where an engine answers
    /// and has or can get the image; else an embedded server, which also keeps what it has stored before.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddMarketDataDatabase(this IDistributedApplicationBuilder builder)
    {
        // What is published uses a server that is there already, which keeps the data whatever becomes of the containers.
        if (builder.ExecutionContext.IsPublishMode)
            return builder.AddConnectionString(Name);
        if (builder.Configuration.GetConnectionString(Name) is not null)
            return builder.Decide("the server in ConnectionStrings:marketdata").AddConnectionString(Name);

        var forced = builder.Configuration["Database:Kind"] ?? nameof(DatabaseKind.Auto);
        if (!Enum.TryParse<DatabaseKind>(forced, ignoreCase: true, out var kind) || int.TryParse(forced, out _))
            builder.FailAtStart($"Database:Kind is '{forced}': set it to auto, embedded or container.");
        if (kind == DatabaseKind.Container && ContainerEngine.Find(builder.Configuration) is var engine && engine is not { Answers: true })
            builder.FailAtStart($"Database:Kind is container and {ContainerEngine.Missing(engine, builder.Configuration)}.");

        var (chosen, why) = kind == DatabaseKind.Auto ? ByWhatIsThere(builder) : (kind, "as Database:Kind says");
        return chosen == DatabaseKind.Container
            ? builder.Decide($"TimescaleDB in a container, {why}").AddContainer()
            : builder.Decide($"an embedded server, {why}").AddEmbedded();
    }

    private static (DatabaseKind Kind, string Why) ByWhatIsThere(IDistributedApplicationBuilder builder)
    {
        // Data stay where they are when an engine is installed later.
        if (PostgresCluster.Exists(builder.DataDirectory()))
            return (DatabaseKind.Embedded, $"for its data are in {builder.DataDirectory()}");
        var engine = ContainerEngine.Find(builder.Configuration);
        if (engine is not { Answers: true })
            return (DatabaseKind.Embedded, $"for {ContainerEngine.Missing(engine, builder.Configuration)}");
        return engine.CanGet(Image, Tag)
            ? (DatabaseKind.Container, $"for {engine.Program} answers")
            : (DatabaseKind.Embedded, $"for {engine.Program} answers but cannot get the image {Image}:{Tag}");
    }

    private static IDistributedApplicationBuilder Decide(this IDistributedApplicationBuilder builder, string what) =>
        builder.SayAtStart($"PostgreSQL is {what}.");

    private static IResourceBuilder<IResourceWithConnectionString> AddContainer(this IDistributedApplicationBuilder builder) => builder
        .AddPostgres("postgres")
        .WithImage(Image, Tag)
        .WithDataVolume("marketdata-postgres")
        .AddDatabase(Name);

    private static IResourceBuilder<IResourceWithConnectionString> AddEmbedded(this IDistributedApplicationBuilder builder) => builder
        .AddEmbeddedPostgres("postgres", Name, new EmbeddedPostgresOptions(builder.UseDataDirectory()))
        .ExcludeFromManifest();
}
