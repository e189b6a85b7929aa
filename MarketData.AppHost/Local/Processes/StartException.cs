namespace MarketData.AppHost.Local.Processes;

/// <summary>Says in one sentence, meant for the person at the terminal, why something could not be started.</summary>
internal sealed class StartException(string sentence, Exception? inner = null) : Exception(sentence, inner);
