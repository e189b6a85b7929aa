Console.WriteLine("MarketData");
