namespace MarketData.Storage.Schema;

/// <summary>Who brings the database to a build's schema. Section <c>Database</c>.</summary>
public sealed class SchemaOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Database";

    /// <summary>
    /// Whether a service does so when it starts; else it waits until <c>migrate</c> has. Not set: in Development only.
    /// </summary>
    public bool? MigrateAtStart { get; set; }
}
