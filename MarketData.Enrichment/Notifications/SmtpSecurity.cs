namespace MarketData.Enrichment.Notifications;

/// <summary>How the connection to a mail server is encrypted.</summary>
public enum SmtpSecurity
{
    /// <summary>It begins in plain text and is encrypted before anything is said; a server that can't is not used. Usual on port 587.</summary>
    StartTls,

    /// <summary>Encrypted from the first byte. Usual on port 465.</summary>
    Tls,

    /// <summary>Not at all: for a relay on the same machine or in the same pod.</summary>
    None,
}
