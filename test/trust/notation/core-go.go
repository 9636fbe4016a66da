// Signs and verifies as notation does, by its own library. Standard input: for each case its length (4 bytes, big-endian)
// and its bytes, a request in JSON. Standard output: a line a case in JSON; {"refused": why} where nothing came of it.
package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/notaryproject/notation-core-go/signature"
	_ "github.com/notaryproject/notation-core-go/signature/cose"
	_ "github.com/notaryproject/notation-core-go/signature/jws"
	nx509 "github.com/notaryproject/notation-core-go/x509"
	"github.com/notaryproject/tspclient-go"
)

var mediaTypes = map[string]string{"jws": "application/jose+json", "cose": "application/cose"}

type request struct {
	// sign, verify or timestamp.
	Do     string
	Format string

	// To sign: PKCS #8, and DER of each certificate.
	Key         []byte
	Chain       [][]byte
	Payload     []byte
	ContentType string
	Scheme      string
	Time        time.Time
	Expiry      time.Time
	Attributes  []signature.Attribute

	// To verify: an envelope or a token, what the token is over, and whom to trust for it.
	Bytes []byte
	Over  []byte
	Roots [][]byte
}

func answer(r request) (any, error) {
	switch r.Do {
	case "sign":
		return sign(r)
	case "verify":
		return verify(r)
	case "timestamp":
		return timestamp(r)
	}
	return nil, errors.New("nothing to do")
}

func certificates(ders [][]byte) ([]*x509.Certificate, error) {
	list := []*x509.Certificate{}
	for _, der := range ders {
		certificate, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, err
		}
		list = append(list, certificate)
	}
	return list, nil
}

func sign(r request) (any, error) {
	key, err := x509.ParsePKCS8PrivateKey(r.Key)
	if err != nil {
		return nil, err
	}
	chain, err := certificates(r.Chain)
	if err != nil {
		return nil, err
	}
	signer, err := signature.NewLocalSigner(chain, key)
	if err != nil {
		return nil, err
	}
	envelope, err := signature.NewEnvelope(mediaTypes[r.Format])
	if err != nil {
		return nil, err
	}
	bytes, err := envelope.Sign(&signature.SignRequest{
		Payload:                  signature.Payload{ContentType: r.ContentType, Content: r.Payload},
		Signer:                   signer,
		SigningTime:              r.Time,
		Expiry:                   r.Expiry,
		ExtendedSignedAttributes: r.Attributes,
		SigningAgent:             "bulkhead-test",
		SigningScheme:            signature.SigningScheme(r.Scheme),
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"envelope": bytes}, nil
}

func verify(r request) (any, error) {
	envelope, err := signature.ParseEnvelope(mediaTypes[r.Format], r.Bytes)
	if err != nil {
		return nil, err
	}
	content, err := envelope.Verify()
	if err != nil {
		return nil, err
	}
	info := content.SignerInfo
	critical := []string{}
	for _, attribute := range info.SignedAttributes.ExtendedAttributes {
		if attribute.Critical {
			critical = append(critical, fmt.Sprint(attribute.Key))
		}
	}
	chain := [][]byte{}
	for _, certificate := range info.CertificateChain {
		chain = append(chain, certificate.Raw)
	}
	return map[string]any{
		"payload":     content.Payload.Content,
		"contentType": content.Payload.ContentType,
		"scheme":      info.SignedAttributes.SigningScheme,
		"time":        info.SignedAttributes.SigningTime.UTC(),
		"expiry":      info.SignedAttributes.Expiry.UTC(),
		"critical":    critical,
		"chain":       chain,
		"signature":   info.Signature,
		"timestamp":   info.UnsignedAttributes.TimestampSignature,
	}, nil
}

// As notation verifies a countersignature: by roots that are trusted, at the time that the token names.
func timestamp(r request) (any, error) {
	token, err := tspclient.ParseSignedToken(r.Bytes)
	if err != nil {
		return nil, err
	}
	info, err := token.Info()
	if err != nil {
		return nil, err
	}
	stamp, err := info.Validate(r.Over)
	if err != nil {
		return nil, err
	}
	trusted, err := certificates(r.Roots)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	for _, root := range trusted {
		roots.AddCert(root)
	}
	chain, err := token.Verify(context.Background(), x509.VerifyOptions{CurrentTime: stamp.Value, Roots: roots})
	if err != nil {
		return nil, err
	}
	if err := nx509.ValidateTimestampingCertChain(chain); err != nil {
		return nil, err
	}
	return map[string]any{"time": stamp.Value.UTC(), "accuracy": stamp.Accuracy.Milliseconds()}, nil
}

func answered(bytes []byte) (said any) {
	defer func() {
		if trouble := recover(); trouble != nil {
			said = map[string]string{"refused": fmt.Sprint("panic: ", trouble)}
		}
	}()
	var r request
	if err := json.Unmarshal(bytes, &r); err != nil {
		return map[string]string{"refused": err.Error()}
	}
	said, err := answer(r)
	if err != nil {
		return map[string]string{"refused": err.Error()}
	}
	return said
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for {
		var length uint32
		if err := binary.Read(in, binary.BigEndian, &length); err != nil {
			return
		}
		bytes := make([]byte, length)
		if _, err := io.ReadFull(in, bytes); err != nil {
			return
		}
		line, err := json.Marshal(answered(bytes))
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "%s\n", line)
	}
}
