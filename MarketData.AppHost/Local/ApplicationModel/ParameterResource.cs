namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that comes from outside, such as a key.</summary>
public class ParameterResource : Resource, IValueProvider
{
    private readonly Func<string> _value;

    internal ParameterResource(string name, Func<string> value) : base(name) => _value = value;

    /// <inheritdoc/>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<string?>(_value());
}
