namespace Aspire.Hosting;

/// <summary>Adds containers.</summary>
public static class ContainerResourceBuilderExtensions
{
    /// <summary>Adds a container; here the program of that image runs when it is installed on this machine, and else nothing does.</summary>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image, string tag) =>
        builder.AddResource(new ContainerResource(name)).WithImage(image, tag);

    /// <summary>Chooses the image; here its name says which program is meant, and the tag is the machine's own.</summary>
    public static IResourceBuilder<T> WithImage<T>(this IResourceBuilder<T> builder, string image, string? tag = null) where T : ContainerResource
    {
        builder.Resource.Image = image;
        return builder;
    }

    /// <summary>Keeps a directory of the container between runs; here everything is kept, below <c>DataDirectory</c>.</summary>
    public static IResourceBuilder<T> WithVolume<T>(this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false)
        where T : ContainerResource => builder;

    /// <summary>Gives the container the files of a directory.</summary>
    public static IResourceBuilder<T> WithContainerFiles<T>(this IResourceBuilder<T> builder, string destinationPath, string sourcePath)
        where T : ContainerResource
    {
        var source = Path.GetFullPath(sourcePath, builder.ApplicationBuilder.AppHostDirectory);
        builder.Resource.Files.Add((root, _) =>
        {
            foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(Below(root, destinationPath), Path.GetRelativePath(source, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy, overwrite: true);
            }

            return Task.CompletedTask;
        });
        return builder;
    }

    /// <summary>Gives the container the files that a function makes when it starts.</summary>
    public static IResourceBuilder<T> WithContainerFiles<T>(
        this IResourceBuilder<T> builder,
        string destinationPath,
        Func<ContainerFileSystemCallbackContext, CancellationToken, Task<IEnumerable<ContainerFileSystemItem>>> callback)
        where T : ContainerResource
    {
        builder.Resource.Files.Add(async (root, cancellation) =>
        {
            var directory = Directory.CreateDirectory(Below(root, destinationPath)).FullName;
            var items = await callback(new ContainerFileSystemCallbackContext { Model = builder.Resource }, cancellation);
            foreach (var file in items.OfType<ContainerFile>())
                await File.WriteAllTextAsync(Path.Combine(directory, file.Name), file.Contents, cancellation);
        });
        return builder;
    }

    private static string Below(string root, string containerPath) => Path.Combine(root, containerPath.TrimStart('/'));
}
