package io.interrex.actors.hands;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Makes the engines of both directions and says whether a session belongs to the node that it claims to be.
 *
 * @param dial engine for a connection to the named peer
 * @param accept engine for a connection that came in; it must demand a certificate
 * @param isNode whether the other side of the session may call itself by that name
 */
public record HandsTls(
        Function<String, SSLEngine> dial, Supplier<SSLEngine> accept, BiPredicate<SSLSession, String> isNode) {

    private static final int DNS_NAME = 2;

    /** TLS 1.3 with certificates on both sides; a node's certificate names it, as common name or as DNS name. */
    public static HandsTls mutual(SSLContext context) {
        return new HandsTls(
                peer -> engine(context, true), () -> engine(context, false), HandsTls::isNamedInCertificate);
    }

    private static SSLEngine engine(SSLContext context, boolean client) {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(client);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.3"});
        parameters.setNeedClientAuth(!client);
        engine.setSSLParameters(parameters);
        return engine;
    }

    static boolean isNamedInCertificate(SSLSession session, String node) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    && (commonNames(certificate).contains(node)
                            || dnsNames(certificate).contains(node));
        } catch (SSLPeerUnverifiedException | CertificateParsingException | InvalidNameException e) {
            return false;
        }
    }

    private static List<String> commonNames(X509Certificate certificate) throws InvalidNameException {
        return new LdapName(certificate.getSubjectX500Principal().getName())
                .getRdns().stream()
                        .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
                        .map(rdn -> rdn.getValue().toString())
                        .toList();
    }

    private static List<String> dnsNames(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        return names == null
                ? List.of()
                : names.stream()
                        .filter(name -> name.get(0).equals(DNS_NAME))
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
    }
}
