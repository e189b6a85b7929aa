using System.ComponentModel.DataAnnotations;

namespace MarketData.Storage.Imports;

/// <summary>How histories that users bring are taken. Section <c>Import</c>.</summary>
public sealed class ImportOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Import";

    /// <summary>Whose candle stays where an import and a provider both have one. Default <see cref="ImportPrecedence.Import"/>.</summary>
    [EnumDataType(typeof(ImportPrecedence), ErrorMessage = "must be Import or Provider.")]
    public ImportPrecedence Precedence { get; set; } = ImportPrecedence.Import;

    /// <summary>Bytes that a file may have which is sent to the API. 1,000 to 1,000,000,000,000, default 4,000,000,000.</summary>
    [Range(1_000, 1_000_000_000_000, ErrorMessage = "must be from {1} to {2}.")]
    public long MaxBytes { get; set; } = 4_000_000_000;
}
