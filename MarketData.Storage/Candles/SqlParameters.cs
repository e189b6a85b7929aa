using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace MarketData.Storage.Candles;

/// <summary>The positional parameters of a command; equal values share one.</summary>
internal sealed class SqlParameters(NpgsqlCommand command)
{
    private readonly Dictionary<(object, NpgsqlDbType), string> _names = [];

    /// <summary>Its place in the command's text, such as <c>$3</c>.</summary>
    public string Add(object value, NpgsqlDbType type)
    {
        if (!_names.TryGetValue((value, type), out var name))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
            name = string.Create(CultureInfo.InvariantCulture, $"${command.Parameters.Count}");
            _names.Add((value, type), name);
        }

        return name;
    }
}
