using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values in it that are known once the system is starting.</summary>
public class ReferenceExpression : IValueProvider
{
    private readonly IReadOnlyList<object> _parts;

    internal ReferenceExpression(IReadOnlyList<object> parts) => _parts = parts;

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            var value = part is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) : (string)part;
            if (value is null)
                return null;
            text.Append(value);
        }

        return text.ToString();
    }

    /// <summary>Lets the compiler build the expression from an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        private readonly List<object> _parts;

        /// <summary>Begins an expression.</summary>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount) => _parts = new List<object>(formattedCount * 2 + 1);

        /// <summary>Adds fixed text.</summary>
        public void AppendLiteral(string value) => _parts.Add(value);

        /// <summary>Adds a value that is known already.</summary>
        public void AppendFormatted(string? value) => _parts.Add(value ?? "");

        /// <summary>Adds a value that is known later.</summary>
        public void AppendFormatted<T>(T valueProvider) where T : IValueProvider => _parts.Add(valueProvider);

        internal ReferenceExpression Build() => new(_parts);
    }
}
