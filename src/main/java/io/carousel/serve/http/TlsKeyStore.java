package io.carousel.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Collections;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The server's key and certificate: a PKCS 12 or JKS file with one password. */
final class TlsKeyStore {
  private TlsKeyStore() {}

  /**
   * TLS 1.2 and 1.3 with the key in a file.
   *
   * @throws IOException when the file is no key store, holds no key, or has another password
   */
  static SslContextFactory.Server read(Path file, char[] password) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12"); // reads JKS, too
      store.load(in, password);
      boolean key = false;
      for (String alias : Collections.list(store.aliases())) {
        key |= store.isKeyEntry(alias) && store.getKey(alias, password) != null;
      }
      if (!key) {
        throw new IOException(file + ": the key store holds no private key");
      }
      SslContextFactory.Server tls = new SslContextFactory.Server();
      tls.setKeyStore(store);
      tls.setKeyStorePassword(new String(password));
      tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IOException(file + ": the key store cannot be used: " + e.getMessage(), e);
    } catch (IOException e) {
      if (e.getCause() instanceof GeneralSecurityException) {
        throw new IOException(file + ": the password of the key store is wrong", e);
      }
      String why = String.valueOf(e.getMessage());
      boolean named = why.contains(file.toString());
      throw named ? e : new IOException(file + ": this is no PKCS 12 or JKS key store", e);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
