using MarketData.Web.Live;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace MarketData.Web.Tests.Live;

public sealed class EventStreamOptionsTests
{
    [Theory]
    [InlineData("schlüssel")]
    [InlineData("two words")]
    [InlineData("a line\n")]
    public void What_can_be_no_key_stops_the_start_with_the_settings_name(string key) =>
        Should.Throw<OptionsValidationException>(() => Read(key)).Message.ShouldStartWith("Api:ApiKey must be a key");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("md_0123456789abcdef-~")]
    public void A_key_or_none_does_not(string? key) => Read(key).ApiKey.ShouldBe(key);

    private static EventStreamOptions Read(string? key)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Api:ApiKey", key)]).Build();
        using var services = new ServiceCollection().AddLiveFeed(configuration).BuildServiceProvider();
        return services.GetRequiredService<IOptions<EventStreamOptions>>().Value;
    }
}
