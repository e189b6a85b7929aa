namespace MarketData.AppHost.Hosting;

/// <summary>
/// Says in one sentence, meant for the person at the terminal, why something could not be started and what to do about it.
/// </summary>
internal sealed class StartException(string sentence, Exception? inner = null) : Exception(sentence, inner);
