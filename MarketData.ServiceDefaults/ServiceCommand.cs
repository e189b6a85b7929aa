namespace Microsoft.Extensions.Hosting;

/// <summary>Something that a service's program does instead of running the service.</summary>
/// <param name="Name">The first argument, such as <c>migrate</c>.</param>
/// <param name="Summary">What it does, in half a sentence.</param>
/// <param name="RunAsync">Does it, with the arguments that follow the name, for an output and an error stream; gives the exit code.</param>
public sealed record ServiceCommand(string Name, string Summary, Func<string[], TextWriter, TextWriter, Task<int>> RunAsync);
