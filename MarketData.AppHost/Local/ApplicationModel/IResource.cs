namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the system: a project, a container, a database, a parameter.</summary>
public interface IResource
{
    /// <summary>The name by which the others know it.</summary>
    string Name { get; }
}
