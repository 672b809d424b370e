// Copyright: (c) 2026, inferops.triton contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

const (
	certificateLife    = 365 * 24 * time.Hour
	certificateRenewal = 30 * 24 * time.Hour
	serviceIssuer      = "https://kubernetes.default.svc"
)

// identity is one client certificate with a kubeconfig of its own.
type identity struct {
	kubeconfig string // path below the state directory
	user       string
	groups     []string
}

// identities lists who may talk to the API server. system:masters is for setting the cluster up, never for users.
func identities(node string) []identity {
	return []identity{
		{kubeconfig: "kubeconfig", user: "admin", groups: []string{"system:cluster-admins"}},
		{kubeconfig: "users/deployer.kubeconfig", user: "deployer"},
		{kubeconfig: "users/nobody.kubeconfig", user: "nobody"},
		{kubeconfig: "pki/bootstrap.kubeconfig", user: "system:bootstrap", groups: []string{"system:masters"}},
		{kubeconfig: "pki/kube-controller-manager.kubeconfig", user: "system:kube-controller-manager"},
		{kubeconfig: "pki/kube-scheduler.kubeconfig", user: "system:kube-scheduler"},
		{kubeconfig: "pki/kube-proxy.kubeconfig", user: "system:kube-proxy"},
		{kubeconfig: "pki/kubelet.kubeconfig", user: "system:node:" + node, groups: []string{"system:nodes"}},
		{kubeconfig: "pki/namespace-allocator.kubeconfig", user: "system:namespace-allocator"},
		{kubeconfig: "pki/volume-provisioner.kubeconfig", user: "system:volume-provisioner"},
		{kubeconfig: "pki/simulated-node.kubeconfig", user: "system:simulated-node", groups: []string{"system:masters"}},
	}
}

// newCertsCommand writes every key, certificate and kubeconfig; what is there and still good stays as it is.
func newCertsCommand() *cobra.Command {
	var dir, cluster, address, node, nodeAddress string
	cmd := &cobra.Command{
		Use:          "certs",
		SilenceUsage: true,
		Args:         cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return writePKI(dir, cluster, address, node, nodeAddress)
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "state directory of the cluster")
	cmd.Flags().StringVar(&cluster, "name", "", "name of the cluster in kubeconfigs")
	cmd.Flags().StringVar(&address, "address", "", "IP address of the API server")
	cmd.Flags().StringVar(&node, "node", "", "name of the node")
	cmd.Flags().StringVar(&nodeAddress, "node-address", "", "IP address of the node")
	return cmd
}

func writePKI(dir, cluster, address, node, nodeAddress string) error {
	pki := store{dir: dir}
	authority, err := pki.authority("pki/ca")
	if err != nil {
		return err
	}
	if _, err := pki.key("pki/service-account.key"); err != nil {
		return err
	}
	if err := pki.publicKey("pki/service-account.pub", "pki/service-account.key"); err != nil {
		return err
	}
	servers := map[string]*x509.Certificate{
		"pki/kube-apiserver": serverTemplate("kube-apiserver", []string{"localhost", "kubernetes", "kubernetes.default",
			"kubernetes.default.svc", "kubernetes.default.svc.cluster.local"}, "127.0.0.1", "10.96.0.1", address),
		"pki/kubelet-serving": serverTemplate("system:node:"+node, []string{node}, "127.0.0.1", nodeAddress, address),
		// The API server as a client of the kubelet.
		"pki/kubelet-client": clientTemplate("kube-apiserver-kubelet-client", []string{"system:masters"}),
	}
	for name, template := range servers {
		if _, err := pki.certificate(name, template, authority); err != nil {
			return err
		}
	}
	server := fmt.Sprintf("https://%s:6443", address)
	for _, id := range identities(node) {
		base := "pki/clients/" + id.user
		pair, err := pki.certificate(base, clientTemplate(id.user, id.groups), authority)
		if err != nil {
			return err
		}
		user := map[string]any{"client-certificate-data": pair.certPEM, "client-key-data": pair.keyPEM}
		if err := pki.kubeconfig(id.kubeconfig, cluster, server, authority.certPEM, id.user, user); err != nil {
			return err
		}
	}
	token, err := pki.expiredToken("pki/service-account.key")
	if err != nil {
		return err
	}
	return pki.kubeconfig("users/expired.kubeconfig", cluster, server, authority.certPEM, "expired", map[string]any{"token": token})
}

func serverTemplate(name string, names []string, addresses ...string) *x509.Certificate {
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: name},
		DNSNames:    names,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, address := range addresses {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(address))
	}
	return template
}

func clientTemplate(user string, groups []string) *x509.Certificate {
	return &x509.Certificate{
		Subject:     pkix.Name{CommonName: user, Organization: groups},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
}

// pair is a certificate with its key, parsed and as PEM.
type pair struct {
	cert            *x509.Certificate
	key             crypto.Signer
	certPEM, keyPEM []byte
}

// store keeps keys and certificates as PEM files below one directory.
type store struct{ dir string }

func (s store) path(name string) string { return filepath.Join(s.dir, name) }

// write replaces a file at once, so that a killed run leaves either the old or the new one.
func (s store) write(name string, data []byte) error {
	path := s.path(name)
	if old, err := os.ReadFile(path); err == nil && string(old) == string(data) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", data, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// key reads the private key of that name, or makes it.
func (s store) key(name string) (crypto.Signer, error) {
	data, err := os.ReadFile(s.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, err
		}
		der, err := x509.MarshalECPrivateKey(key)
		if err != nil {
			return nil, err
		}
		return key, s.write(name, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	}
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s holds no PEM block; remove it and start again", s.path(name))
	}
	return x509.ParseECPrivateKey(block.Bytes)
}

func (s store) publicKey(name, private string) error {
	key, err := s.key(private)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return s.write(name, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
}

func (s store) authority(name string) (*pair, error) {
	return s.certificate(name, &x509.Certificate{
		Subject:               pkix.Name{CommonName: "local cluster CA"},
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IsCA:                  true,
		BasicConstraintsValid: true,
	}, nil)
}

// certificate returns NAME.crt and NAME.key, signed by the authority (or by itself), and makes what is missing or stale.
func (s store) certificate(name string, template *x509.Certificate, authority *pair) (*pair, error) {
	key, err := s.key(name + ".key")
	if err != nil {
		return nil, err
	}
	keyPEM, err := os.ReadFile(s.path(name + ".key"))
	if err != nil {
		return nil, err
	}
	certPEM, err := os.ReadFile(s.path(name + ".crt"))
	if err == nil {
		if cert := reusable(certPEM, template, key, authority); cert != nil {
			return &pair{cert, key, certPEM, keyPEM}, nil
		}
	}
	der, err := sign(template, key, authority)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	certPEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return &pair{cert, key, certPEM, keyPEM}, s.write(name+".crt", certPEM)
}

func sign(template *x509.Certificate, key crypto.Signer, authority *pair) ([]byte, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	filled := *template
	filled.SerialNumber = serial
	filled.NotBefore = time.Now().Add(-time.Hour) // tolerates a clock set back
	filled.NotAfter = time.Now().Add(certificateLife)
	if !filled.IsCA {
		filled.KeyUsage = x509.KeyUsageDigitalSignature
	}
	if authority == nil {
		authority = &pair{cert: &filled, key: key}
	}
	return x509.CreateCertificate(rand.Reader, &filled, authority.cert, key.Public(), authority.key)
}

// reusable parses a stored certificate and returns it if it says what the template says and lasts a while longer.
func reusable(data []byte, template *x509.Certificate, key crypto.Signer, authority *pair) *x509.Certificate {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil || time.Until(cert.NotAfter) < certificateRenewal || !key.Public().(*ecdsa.PublicKey).Equal(cert.PublicKey) {
		return nil
	}
	if authority != nil && cert.CheckSignatureFrom(authority.cert) != nil {
		return nil
	}
	if cert.Subject.String() != template.Subject.String() || fmt.Sprint(cert.DNSNames) != fmt.Sprint(template.DNSNames) ||
		fmt.Sprint(cert.IPAddresses) != fmt.Sprint(template.IPAddresses) {
		return nil
	}
	return cert
}

// kubeconfig writes a self-contained kubeconfig (JSON is YAML): it can be copied anywhere.
func (s store) kubeconfig(name, cluster, server string, authority []byte, user string, credentials map[string]any) error {
	contextName := cluster + "/" + user
	config := map[string]any{
		"apiVersion": "v1", "kind": "Config", "current-context": contextName,
		"clusters": []any{map[string]any{"name": cluster, "cluster": map[string]any{
			"server": server, "certificate-authority-data": authority,
		}}},
		"users":    []any{map[string]any{"name": user, "user": credentials}},
		"contexts": []any{map[string]any{"name": contextName, "context": map[string]any{"cluster": cluster, "user": user}}},
	}
	data, err := json.MarshalIndent(config, "", "  ")
	if err != nil {
		return err
	}
	return s.write(name, append(data, '\n'))
}

// expiredToken is a service account token with a true signature that ran out an hour ago.
func (s store) expiredToken(keyName string) (string, error) {
	key, err := s.key(keyName)
	if err != nil {
		return "", err
	}
	now := time.Now()
	encode := func(value any) (string, error) {
		data, err := json.Marshal(value)
		return base64.RawURLEncoding.EncodeToString(data), err
	}
	header, err := encode(map[string]any{"alg": "ES256", "typ": "JWT"})
	if err != nil {
		return "", err
	}
	claims, err := encode(map[string]any{
		"iss": serviceIssuer, "aud": []string{serviceIssuer}, "sub": "system:serviceaccount:default:default",
		"iat": now.Add(-2 * time.Hour).Unix(), "nbf": now.Add(-2 * time.Hour).Unix(), "exp": now.Add(-time.Hour).Unix(),
		"kubernetes.io": map[string]any{
			"namespace": "default", "serviceaccount": map[string]any{"name": "default", "uid": "00000000-0000-0000-0000-000000000000"},
		},
	})
	if err != nil {
		return "", err
	}
	digest := sha256.Sum256([]byte(header + "." + claims))
	r, sig, err := ecdsa.Sign(rand.Reader, key.(*ecdsa.PrivateKey), digest[:])
	if err != nil {
		return "", err
	}
	signature := append(r.FillBytes(make([]byte, 32)), sig.FillBytes(make([]byte, 32))...)
	return header + "." + claims + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
