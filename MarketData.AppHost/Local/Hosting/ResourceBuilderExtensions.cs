namespace Aspire.Hosting;

/// <summary>Describes what resources have in common.</summary>
public static class ResourceBuilderExtensions
{
    /// <summary>Sets an environment variable.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, string? value)
        where T : IResourceWithEnvironment => builder.Set(name, _ => ValueTask.FromResult(value));

    /// <summary>Sets an environment variable to a text with values in it that are known later.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(
        this IResourceBuilder<T> builder, string name, in ReferenceExpression.ExpressionInterpolatedStringHandler value)
        where T : IResourceWithEnvironment => builder.Set(name, value.Build().GetValueAsync);

    /// <summary>Sets an environment variable to a parameter's value.</summary>
    public static IResourceBuilder<T> WithEnvironment<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> parameter)
        where T : IResourceWithEnvironment => builder.Set(name, parameter.Resource.GetValueAsync);

    /// <summary>Gives the connection string of another resource, as <c>ConnectionStrings__&lt;name&gt;</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment =>
        builder.Set($"ConnectionStrings__{connectionName ?? source.Resource.Name}", source.Resource.GetConnectionStringAsync);

    /// <summary>Makes another service known by its name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment
    {
        foreach (var endpoint in StateOf(source.Resource).Endpoints)
            builder.WithReference(new EndpointReference(StateOf(source.Resource), endpoint.Name));
        return builder;
    }

    /// <summary>Makes an endpoint known by the name of its resource, as <c>services__&lt;name&gt;__http__0</c> and <c>&lt;NAME&gt;_HTTP</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment
    {
        StateOf(builder.Resource).Environment.Add((environment, _) =>
        {
            foreach (var (index, url) in endpointReference.Urls.Index())
                environment[$"services__{endpointReference.ResourceName}__{endpointReference.EndpointName}__{index}"] = url;
            if (endpointReference.Urls.FirstOrDefault() is { } first)
                environment[$"{endpointReference.ResourceName}_{endpointReference.EndpointName}".ToUpperInvariant()] = first;
            return ValueTask.CompletedTask;
        });
        return builder;
    }

    /// <summary>Starts the resource only when another is healthy.</summary>
    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport
    {
        StateOf(builder.Resource).Dependencies.Add(dependency.Resource);
        return builder;
    }

    /// <summary>Adds command-line arguments.</summary>
    public static IResourceBuilder<T> WithArgs<T>(this IResourceBuilder<T> builder, params string[] args) where T : IResourceWithArgs
    {
        StateOf(builder.Resource).Arguments.AddRange(args);
        return builder;
    }

    /// <summary>Lets the resource listen on a port of the loopback address.</summary>
    /// <param name="builder">The resource.</param>
    /// <param name="port">The port; null or 0 for any free one.</param>
    /// <param name="targetPort">A container's inner port; here the two are one.</param>
    /// <param name="name">What references call it; <c>http</c> when null.</param>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null)
        where T : IResourceWithEndpoints
    {
        StateOf(builder.Resource).Endpoints.Add(new Endpoint(name ?? "http", port));
        return builder;
    }

    /// <summary>Marks the endpoints as meant for people; here all are on the loopback address.</summary>
    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder) where T : IResourceWithEndpoints => builder;

    /// <summary>Takes the resource for healthy when this path answers 200.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null) where T : IResourceWithEndpoints
    {
        StateOf(builder.Resource).HealthPath = path ?? "/";
        return builder;
    }

    /// <summary>Says how an endpoint's address is shown to people.</summary>
    public static IResourceBuilder<T> WithUrlForEndpoint<T>(this IResourceBuilder<T> builder, string endpointName, Action<ResourceUrlAnnotation> callback)
        where T : IResource
    {
        StateOf(builder.Resource).Endpoints.Single(endpoint => endpoint.Name == endpointName).Describe = callback;
        return builder;
    }

    /// <summary>Shows a further address with the resource; the dashboard that this engine starts shows no resources.</summary>
    public static IResourceBuilder<T> WithUrl<T>(
        this IResourceBuilder<T> builder, in ReferenceExpression.ExpressionInterpolatedStringHandler url, string? displayText = null)
        where T : IResource => builder;

    /// <summary>Offers a request as a command on the resource; the dashboard that this engine starts shows no resources.</summary>
    public static IResourceBuilder<TResource> WithHttpCommand<TResource>(
        this IResourceBuilder<TResource> builder,
        string path,
        string displayName,
        Func<EndpointReference>? endpointSelector,
        string? commandName = null,
        HttpCommandOptions? commandOptions = null)
        where TResource : IResourceWithEndpoints => builder;

    /// <summary>Refers to an endpoint.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name) where T : IResourceWithEndpoints =>
        new(StateOf(builder.Resource), name);

    /// <summary>Refers to an endpoint as seen from a network; here there is but one.</summary>
    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name, NetworkIdentifier contextNetworkId)
        where T : IResourceWithEndpoints => builder.GetEndpoint(name);

    private static IResourceBuilder<T> Set<T>(this IResourceBuilder<T> builder, string name, Func<CancellationToken, ValueTask<string?>> value)
        where T : IResourceWithEnvironment
    {
        StateOf(builder.Resource).Environment.Add(async (environment, cancellation) =>
        {
            if (await value(cancellation) is { } text)
                environment[name] = text;
        });
        return builder;
    }

    // Every resource of this engine derives from the one class that keeps what was said.
    private static Resource StateOf(IResource resource) => (Resource)resource;
}
